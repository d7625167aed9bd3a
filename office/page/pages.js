// Every page of the desk, in the groups of the navigation. A page is
//   {path, may, title: [zh, en], icon, open(ctx) -> {view() -> template, close()}}
// ctx: {me, args, redraw(), go(path), toast(text), fail(error)}. `may` is the permission that shows it; empty: everyone.
// `icon` is a name of icons.js.
import {accounts} from './pages/accounts.js';
import {alarms} from './pages/alarms.js';
import {audit} from './pages/audit.js';
import {bookings} from './pages/bookings.js';
import {callBacks} from './pages/call-backs.js';
import {callFigures} from './pages/call-figures.js';
import {calls} from './pages/calls.js';
import {caseFigures} from './pages/case-figures.js';
import {cases} from './pages/cases.js';
import {content} from './pages/content.js';
import {departments} from './pages/departments.js';
import {devices} from './pages/devices.js';
import {drill} from './pages/drill.js';
import {dutyPlan} from './pages/duty-plan.js';
import {duty} from './pages/duty.js';
import {emergency} from './pages/emergency.js';
import {exports_} from './pages/exports.js';
import {gateways} from './pages/gateways.js';
import {grid} from './pages/grid.js';
import {handover} from './pages/handover.js';
import {home} from './pages/home.js';
import {looks} from './pages/looks.js';
import {map} from './pages/map.js';
import {me} from './pages/me.js';
import {month} from './pages/month.js';
import {neighbours} from './pages/neighbours.js';
import {register} from './pages/register.js';
import {search} from './pages/search.js';
import {settings} from './pages/settings.js';
import {weekly} from './pages/weekly.js';

const WORK = {name: 'work', title: ['日常工作', 'Work'], pages: [alarms, calls, callBacks, cases, bookings, duty, handover, weekly]};
const PLACES = {name: 'places', title: ['人和地方', 'People and places'], pages: [register, grid]};
const KIOSKS = {name: 'kiosks', title: ['信息机', 'Kiosks'], pages: [content, emergency, neighbours, departments]};
const DEVICES = {name: 'devices', title: ['设备', 'Devices'], pages: [devices, gateways, map]};
const PROOF = {name: 'proof', title: ['统计与核查', 'Figures and proof'], pages: [month, caseFigures, callFigures, looks, audit]};
const LEAD = {name: 'lead', title: ['管理', 'Administration'], pages: [accounts, settings, dutyPlan, drill, exports_]};

export const first = [home, search];
export const last = [me];
export const pages = [...first, ...WORK.pages, ...PLACES.pages, ...KIOSKS.pages, ...DEVICES.pages, ...PROOF.pages, ...LEAD.pages, ...last];

// What somebody does all day stands first: for who leads and takes no alarms that is people, devices and accounts, for
// an inspector the proofs.
export function groups(may) {
  const order = may.includes('alarms.work') || may.includes('cases.work') ? [WORK, PLACES, KIOSKS, DEVICES, PROOF, LEAD]
    : may.includes('accounts.edit') ? [LEAD, PLACES, KIOSKS, DEVICES, WORK, PROOF]
      : may.includes('audit.see') ? [PROOF, WORK, PLACES, KIOSKS, DEVICES, LEAD] : [WORK, PLACES, KIOSKS, DEVICES, PROOF, LEAD];
  const open = (list) => list.filter((page) => !page.may || may.includes(page.may));
  return order.map((group) => ({...group, pages: open(group.pages)})).filter((group) => group.pages.length);
}
