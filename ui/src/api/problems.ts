/** What the API refuses and why, as an error that a page can put into words. */

export interface Fault {
  in: string;
  field: string;
  message: string;
  what_to_do: string;
}

/** A problem document (RFC 9457) as the API sends it; further members stay in `details`. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  what_to_do: string;
  errors?: Fault[];
  allowed?: string[];
  [member: string]: unknown;
}

/** The API said no. */
export class ProblemError extends Error {
  readonly problem: ProblemDocument;
  /** Seconds to wait before the next try, where the API says so. */
  readonly retryAfter: number | null;

  constructor(problem: ProblemDocument, retryAfter: number | null = null) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** The stable name of the problem: `version-conflict` of `/problems/version-conflict`. */
  get code(): string {
    return this.problem.type.split("/").at(-1) ?? "";
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The API could not be reached; whether it took the request is unknown. */
export class UnreachableError extends Error {
  constructor() {
    super("The server cannot be reached.");
    this.name = "UnreachableError";
  }
}

/** Turn a refusal into an error. Never returns. */
export async function refused(response: Response): Promise<never> {
  const after = Number(response.headers.get("Retry-After"));
  const id = response.headers.get("X-Request-Id") ?? "";
  let problem: ProblemDocument;
  try {
    problem = (await response.json()) as ProblemDocument;
  } catch {
    problem = {
      type: "/problems/internal",
      title: response.statusText,
      status: response.status,
      detail: "",
      request_id: id,
      what_to_do: "",
    };
  }
  throw new ProblemError(problem, Number.isFinite(after) && after > 0 ? after : null);
}
