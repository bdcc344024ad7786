const paths = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  down: "M12 5v14M6 13l6 6 6-6",
  again: "M19 12a7 7 0 1 1-2.2-5.1M19 3v4.5h-4.5",
  edit: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
} as const;

/** A line icon. It says nothing by itself: the control it sits in has the label. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg className={name === "stop" ? "icon icon--solid" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
