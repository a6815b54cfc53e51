const PT_INTERP = 3;

/** The same 64-bit ELF program with another dynamic loader, which is an absolute path. */
export const withInterpreter = (program: Buffer, loader: string): Buffer => {
  const path = Buffer.from(`${loader}\0`);
  // The kernel reads this path at an offset of the file, so a longer one may simply stand at the end.
  const edited = Buffer.concat([program, path]);
  const header = interpreterHeader(program);
  edited.writeBigUInt64LE(BigInt(program.length), header + 0x08);
  edited.writeBigUInt64LE(BigInt(path.length), header + 0x20);
  return edited;
};

const interpreterHeader = (program: Buffer): number => {
  const table = Number(program.readBigUInt64LE(0x20));
  const size = program.readUInt16LE(0x36);
  const count = program.readUInt16LE(0x38);
  const headers = Array.from({ length: count }, (_, index) => table + index * size);
  const found = headers.find((header) => program.readUInt32LE(header) === PT_INTERP);
  if (found === undefined) throw new Error('the program names no dynamic loader');
  return found;
};
