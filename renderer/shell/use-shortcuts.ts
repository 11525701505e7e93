import { useEffect } from 'react';
import { openView, useApp } from '../store/store.ts';
import { VIEWS } from '../store/types.ts';

/** Ctrl and a number show a view, Ctrl and comma the settings, Ctrl+F goes to the search. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (useApp.getState().dialog !== undefined) return;
      const view = event.key === ',' ? 'settings' : VIEWS[Number(event.key) - 1];
      if (view !== undefined) openView(view);
      else if (event.key === 'f') document.querySelector<HTMLInputElement>('.search input')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}
