/**
 * How long the name of a header may be that gRPC and FastCGI backends are told, or may not say: NGINX hashes these names
 * into places of 64 bytes, which no directive enlarges, and refuses to load where one does not fit.
 */
export const LONGEST_HASHED_NAME = 46;
