/** Whether a file is a set of targets by its name: `targets.yaml`, `shop.targets.yaml`. */
export function isTargetSet(file: string): boolean {
  return /(?:^|[/.])targets\.ya?ml$/.test(file);
}
