#!/usr/bin/python3
"""Another door to the sandbox's Keystone, with an identity provider in front, as Apache with mod_auth_openidc is.
usage: federated.py CONFIG_FILES PORT PROVIDER     (config files separated by `;`, the provider's URL)
Where Keystone takes another's word, a bearer's token is looked up at the provider, and a browser is sent there first; what the
provider says of the user stands in the environment then, and nowhere else: it cannot be sent in a header."""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

os.environ['OS_KEYSTONE_CONFIG_FILES'] = sys.argv[1]
port, provider = int(sys.argv[2]), sys.argv[3]
sys.argv = ['sandbox-federated']


def ask(path, form=None, token=None):
    data = form and urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(provider + path, data, {'Authorization': 'Bearer ' + token} if token else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def vouched(keystone):
    def application(environ, start_response):
        path = environ['PATH_INFO']
        if '/OS-FEDERATION/' not in path or not path.endswith(('/auth', '/websso')):
            return keystone(environ, start_response)
        query = urllib.parse.parse_qs(environ['QUERY_STRING'])
        here = 'http://%s%s?%s' % (environ['HTTP_HOST'], path, urllib.parse.urlencode({'origin': query.get('origin', [''])[0]}))
        try:
            if path.endswith('/auth'):
                token = environ.get('HTTP_AUTHORIZATION', '').partition('Bearer ')[2]
            elif 'code' in query:
                form = {'grant_type': 'authorization_code', 'code': query['code'][0], 'redirect_uri': here, 'client_id': 'hybrid'}
                token = ask('/token', form)['access_token']
            else:
                page = {'response_type': 'code', 'client_id': 'hybrid', 'redirect_uri': here, 'state': 's', 'scope': 'openid'}
                start_response('302 Found', [('Location', provider + '/authorize?' + urllib.parse.urlencode(page))])
                return [b'']
            claims = ask('/userinfo', token=token)
        except (urllib.error.URLError, KeyError):
            start_response('401 Unauthorized', [('Content-Type', 'text/html'), ('WWW-Authenticate', 'Bearer')])
            return [b'<h1>Unauthorized</h1>']
        environ.update({'OIDC-' + name: str(value) for name, value in claims.items()})
        return keystone(environ, start_response)
    return application


from keystone.server.wsgi import initialize_public_application  # noqa: E402
import waitress  # noqa: E402
waitress.serve(vouched(initialize_public_application()), host='127.0.0.1', port=port, threads=2, ident=None)
