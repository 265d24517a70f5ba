import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heatFindings } from '../../src/deploy/files/heatBeside.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { withFindings, withoutExpectations } from '../support/annotatedYaml.ts';
import { filesOf } from '../support/filesOf.ts';

/** Checks one file among others: what is found must be what its comments expect. */
async function among(others: Readonly<Record<string, string>>, file: string, annotated: string): Promise<void> {
  const text = withoutExpectations(annotated);
  const found = await heatFindings(parseManifests(file, text), filesOf({ ...others, [file]: text }));
  assert.equal(withFindings(text, found), annotated);
}

const template = (...parameters: string[]) =>
  `heat_template_version: 2021-04-16\nparameters:\n${parameters.map((name) => `  ${name}: {type: string}\n`).join('')}`;

describe('files that a Heat template takes along', () => {
  it("stand beside it: of get_file and nested templates; an address, an absolute path and what is put in later are nobody's to look for", () =>
    among(
      { 'w/scripts/boot.sh': '', 'w/net.yaml': template('cidr'), 'shared.yaml': template() },
      'w/stack.yaml',
      `heat_template_version: 2021-04-16
resources:
  a: {type: net.yaml}
  b: {type: nte.yaml}
#           ^^^^^^^^ warning template.file: nte.yaml is not there, beside this file; the client that sends this template to Heat stops at it.
  c: {type: ../shared.yaml}
  d:
    type: OS::Heat::SoftwareConfig
    properties:
      config: {get_file: scripts/boot.sh}
  e:
    type: OS::Nova::Server
    properties:
      user_data:
        str_replace:
          template: {get_file: scripts/bot.sh}
#                              ^^^^^^^^^^^^^^ warning template.file: scripts/bot.sh is not there, beside this file; the client that sends this template to Heat stops at it.
          params: {a: {get_file: 'https://example.org/a'}, b: {get_file: /etc/hosts}, c: {get_file: '\${FILE}'}}
`,
    ));

  it('are those of the registry of an environment, unless it says where they are', async () => {
    await among(
      { 'w/net.yaml': template() },
      'w/env.yaml',
      `resource_registry:
  My::Net: net.yaml
  My::Other: gone.yaml
#            ^^^^^^^^^ warning template.file: gone.yaml is not there, beside this file; the client that sends this template to Heat stops at it.
  My::Alias: OS::Neutron::Net
`,
    );
    await among({}, 'w/env.yaml', 'resource_registry:\n  base_url: https://example.org/\n  My::Net: net.yaml\n');
  });
});

describe('parameters of an environment', () => {
  it('are those of the template beside it', () =>
    among(
      { 'w/stack.yaml': template('flavor', 'image'), 'w/values.yaml': 'parameters: {other: 1}' },
      'w/env.yaml',
      `parameter_defaults: {anything: a}
parameters:
  flavor: m1.tiny
  imgae: cirros
# ^^^^^ error environment.parameter: stack.yaml has no parameter "imgae"; Heat refuses an environment that gives one. Did you mean "image"?
  colour: red
# ^^^^^^ error environment.parameter: stack.yaml has no parameter "colour"; Heat refuses an environment that gives one.
`,
    ));

  it('are those of the template of its name, or of any of several: then nobody is sure', async () => {
    const two = { 'w/web.yaml': template('flavor'), 'w/db.yaml': template('volume') };
    await among(
      two,
      'w/web-prod.yaml',
      `parameters:
  volume: big
# ^^^^^^ error environment.parameter: web.yaml has no parameter "volume"; Heat refuses an environment that gives one.
`,
    );
    await among(
      two,
      'w/prod.yaml',
      `parameters:
  volume: big
  vlume: big
# ^^^^^ warning environment.parameter: None of db.yaml, web.yaml has a parameter "vlume"; Heat refuses an environment that gives one. Did you mean "volume"?
`,
    );
  });

  it('are those of the templates above a folder of environments', () =>
    among(
      { 'w/stack.yaml': template('flavor') },
      'w/environments/prod.yaml',
      `parameters:
  flavr: m1.tiny
# ^^^^^ error environment.parameter: stack.yaml has no parameter "flavr"; Heat refuses an environment that gives one. Did you mean "flavor"?
`,
    ));

  it('of another program, or where no template is, are left alone', async () => {
    await among({ 'w/values.yaml': 'a: b\n' }, 'w/env.yaml', 'parameters:\n  anything: 1\n');
    await among({ 'w/stack.yaml': template() }, 'w/other.yaml', 'parameters:\n  anything: 1\nsteps: [a]\n');
    await among({ 'w/stack.yaml': template() }, 'w/object.yaml', 'kind: Pipeline\nparameters:\n  anything: 1\n');
  });
});
