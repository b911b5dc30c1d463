/** A server for tests, answering as each test says; what no test expects is an error. */
import { setupServer } from "msw/node";

export const server = setupServer();
