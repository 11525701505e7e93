import qrcode from 'qrcode-generator';
import { useMemo } from 'react';

const QUIET_MODULES = 4;

/** A text as a QR code, drawn as one path. Nothing where the text is too long for one. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const drawn = useMemo(() => draw(text), [text]);
  if (drawn === undefined) return null;
  const size = drawn.modules + 2 * QUIET_MODULES;
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect className="ground" width={size} height={size} />
      <path className="dots" d={drawn.path} />
    </svg>
  );
}

function draw(text: string): { readonly modules: number; readonly path: string } | undefined {
  const code = qrcode(0, 'L');
  try {
    code.addData(text);
    code.make();
  } catch {
    // Longer than the largest code holds: the link itself is beside it.
    return undefined;
  }
  const modules = code.getModuleCount();
  let path = '';
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      if (code.isDark(row, column)) path += `M${column + QUIET_MODULES} ${row + QUIET_MODULES}h1v1h-1z`;
    }
  }
  return { modules, path };
}
