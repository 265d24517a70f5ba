import { isScalar, type Node } from 'yaml';
import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { nodeAt, rangeOf, textAt } from '../path.ts';
import { placeholders } from '../placeholders.ts';

/** Source: metal3-io/baremetal-operator, `pkg/hardwareutils/bmc`, the schemes that its drivers register. */
const schemes =
  /^(?:redfish(?:-virtualmedia|-uefihttp)?|ilo[45](?:-virtualmedia|-redfish)?|idrac(?:-redfish|-virtualmedia)?|ipmi|libvirt|irmc)(?:\+https?)?:\/\//;
/** Those that inspect a host by booting it over the network; with virtual media and IPMI nobody asks for its address. Source: the same, `NeedsMAC`. */
const networkBooted = /^(?:redfish|ilo[45]|idrac|irmc|libvirt)(?![\w-]*virtualmedia)/;

/**
 * What Metal3 needs to drive a host by Ironic. Source: metal3-io/baremetal-operator, `internal/webhooks/metal3.io/v1alpha1/baremetalhost_validation.go`,
 * `apis/metal3.io/v1alpha1/baremetalhost_types.go`.
 */
export function bareMetalHostFindings(manifest: LocalManifest): readonly LocalFinding[] {
  if (formOf(manifest) !== 'metal3.io/v1alpha1 BareMetalHost') return [];
  const { root, tree } = manifest;
  const node = (at: string) => nodeAt(root, at, tree);
  const text = (at: string) => textAt(root, at, tree) ?? '';
  const [address, url] = [text('spec.bmc.address'), text('spec.image.url')];
  const found: LocalFinding[] = [];
  const tell = (at: Node | undefined, code: string, message: string, severity: LocalFinding['severity'] = 'error') => {
    if (isScalar(at)) found.push({ range: rangeOf(at), severity, code, message });
  };
  const isKnown = address !== '' && !placeholders.test(address);
  // An address without a scheme is one of IPMI.
  if (isKnown && address.includes('://') && !schemes.test(address))
    tell(
      node('spec.bmc.address'),
      'setting.value',
      'No driver of the bare metal operator is known to speak this scheme; without one the host is never registered.',
      'warning',
    );
  // A patch says of a host only what is to be changed: what it lacks may stand in the base.
  const isPatch = text('spec.online') === '' && text('spec.bootMACAddress') === '';
  const isNetworkBooted = !isPatch && isKnown && networkBooted.test(address) && text('spec.externallyProvisioned') !== 'true';
  if (isNetworkBooted && text('spec.bootMACAddress') === '')
    tell(
      node('spec.bmc.address'),
      'setting.missing',
      'A host that is booted over the network needs bootMACAddress; with virtual media it does not.',
    );
  const mac = text('spec.bootMACAddress');
  if (mac !== '' && !placeholders.test(mac) && !/^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac))
    tell(
      node('spec.bootMACAddress'),
      'setting.value',
      'bootMACAddress takes six pairs of hexadecimal digits: 00:1a:2b:3c:4d:5e.',
    );
  const isWhole = text('spec.image.format') === 'live-iso' || url.startsWith('oci://');
  if (!isPatch && url !== '' && !isWhole && text('spec.image.checksum') === '')
    tell(
      node('spec.image.url'),
      'setting.missing',
      'An image that is written to a disk needs its checksum; a live-iso does not.',
    );
  return found;
}
