// The register: people, places, poles, whose a device is; imports and what collided.
import {get} from '../ask.js';
import {html, nothing} from '../html.js';
import {on, watch} from '../live.js';
import {t} from '../words.js';
import {conflicts} from './register-conflicts.js';
import {devices} from './register-devices.js';
import {imports} from './register-imports.js';
import {person, persons} from './register-persons.js';
import {household, place, places} from './register-places.js';
import {pole, poles} from './register-poles.js';

const TABS = [['persons', ''], ['poles', ''], ['places', ''], ['devices', ''], ['imports', 'register.edit'], ['conflicts', 'register.edit']];
const VIEWS = {persons, person, poles, pole, places, place, household, devices, imports, conflicts};
const UNDER = {person: 'persons', household: 'persons', pole: 'poles', place: 'places'};

export const register = {
  path: 'register', may: 'register.see', title: ['登记', 'Register'], icon: 'people',
  open(ctx) {
    let name = '', page = null, open = 0;
    const edits = ctx.me.may.includes('register.edit');
    function show(args) {
      name = VIEWS[args[0]] ? args[0] : 'persons';
      page = VIEWS[name](ctx, args[1] || '', args[2] || '');
    }
    const count = async () => { try { open = (await get('/v1/register/conflicts?limit=1')).open; ctx.redraw(); } catch { /* the list itself says why */ } };
    show(ctx.args);
    const offs = edits ? [on('register.conflicts', count), on('register.import', count), watch((state) => { if (state === 'up') count(); })] : [];
    return {
      close() { offs.forEach((off) => off()); page.close(); },
      follow(args) { page.close(); show(args); window.scrollTo(0, 0); },
      view: () => html`
        <nav class="tabs" aria-label=${t('reg.tabs')}>${TABS.filter(([, may]) => !may || ctx.me.may.includes(may)).map(([tab]) => html`
          <a href="#/register/${tab}" aria-current=${(UNDER[name] || name) === tab ? 'page' : nothing}>${t(`reg.${tab}`)}${tab === 'conflicts' && open ? html` <span class="badge warn">${open}</span>` : nothing}</a>`)}</nav>
        ${page.view()}`,
    };
  },
};
