/** What is to be filled in before it names anything. */
export const placeholders =
  /\$\{|\$\(|\{\{|^ENC\[|^\$[A-Za-z_]\w*$|<[A-Za-z_][^<>]*>|CHANGEME|example\.com|^0{8}-0{4}-0{4}-0{4}-0{12}$/;
