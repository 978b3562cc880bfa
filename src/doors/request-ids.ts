/** Makes ids by which a client's answer is found again in the log: cheap, unique, in order. */
export type RequestIds = () => string;
