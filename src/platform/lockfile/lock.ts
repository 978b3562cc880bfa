// PLACEHOLDER by the lead so that the program starts: whoever owns this room replaces the file.
export async function lockFolder(_folder: string): Promise<{ release(): void }> {
  return { release() {} };
}
