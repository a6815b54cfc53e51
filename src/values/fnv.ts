const PRIME = 0x01_00_01_93;
const OFFSET = 0x81_1c_9d_c5;

/** FNV-1a over the code units of a text, 32 bits with a sign; another seed gives another hash. */
export const fnv1a = (text: string, seed = 0): number => {
  let hash = OFFSET ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return hash;
};
