/** Nobody has that name. */
export class UnknownName extends Error {
  constructor(name: string) {
    super(`nobody is called ${name}`);
    this.name = "UnknownName";
  }
}
