/** The mark of Weft: two weft threads through two warp threads. */
export function WovenMark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="mark__weft" d="M5 12h22M5 20h22" />
      <path className="mark__warp" d="M12 5v4M12 15v12M20 5v12M20 23v4" />
    </svg>
  );
}
