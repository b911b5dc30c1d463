/** Files on their way to the desk: stored by content first, named in a message afterwards. */
import { ProblemError, UnreachableError, type ProblemDocument } from "./problems";
import type { components } from "./schema";
import { session } from "./session";

export type Attachment = components["schemas"]["Attachment"];

/**
 * Upload a file. `onProgress` hears the share that went out, 0 to 1.
 *
 * Throws ProblemError when the file is refused (too large, or not what its name says), and
 * UnreachableError when the connection broke. By XMLHttpRequest, because `fetch` tells no progress.
 */
export function upload(
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/blobs?name=${encodeURIComponent(file.name)}`);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    if (session.csrf) request.setRequestHeader("X-CSRF-Token", session.csrf);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) resolve(request.response as Attachment);
      else {
        if (request.status === 401) session.expire();
        const told = request.response as ProblemDocument | null;
        reject(new ProblemError(told ?? unnamed(request)));
      }
    };
    request.onerror = () => reject(new UnreachableError());
    request.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

const unnamed = (request: XMLHttpRequest): ProblemDocument => ({
  type: "/problems/internal",
  title: request.statusText,
  status: request.status,
  detail: "",
  request_id: request.getResponseHeader("X-Request-Id") ?? "",
  what_to_do: "",
});
