/** A clouds.yaml with so many entries, each written out as people do: own address, user, project, domains, region. */
export function manyClouds(count: number): string {
  const entries = Array.from(
    { length: count },
    (_, index) => `  cloud-${String(index).padStart(4, '0')}:   # the lab of team ${index}
    auth:
      auth_url: https://keystone-${index}.example:5000/v3
      username: alice
      password: not-a-secret-${index}
      project_name: project-${index}
      user_domain_name: Default
      project_domain_name: Default
    region_name: RegionOne
    identity_api_version: "3"
`,
  );
  return `clouds:\n${entries.join('')}`;
}
