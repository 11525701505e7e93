import { ChevronRight } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useText } from '../../i18n/index.ts';
import { goTo } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import { trailOf } from './names.ts';

/** A name that says nothing any more with a letter less; of a long way each gives some. */
const SHORT = 8;

/** The way from the bucket down to here. */
export function Trail({ place }: { readonly place: Place }) {
  const t = useText();
  const trail = trailOf(place);
  return (
    <nav className="spread" aria-label={t('files.trail')}>
      <ol className="trail" role="list">
        {trail.map(({ name, place: there }, index) => (
          <li key={there.prefix} data-whole={trail.length <= 4 && name.length <= SHORT ? '' : undefined}>
            {index === 0 ? null : <ChevronRight className="icon" aria-hidden />}
            <Button
              {...(index === trail.length - 1 && { 'aria-current': 'location' as const })}
              onPress={() => goTo(there)}
            >
              {name}
            </Button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
