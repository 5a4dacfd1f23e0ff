/** An upload of another form, or that its account has not signed. */
type UploadErrorCode = "E_UPLOAD_FORM" | "E_UPLOAD_SIGNATURE";

export class UploadError extends Error {
  override readonly name = "UploadError";
  readonly code: UploadErrorCode;

  constructor(code: UploadErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
