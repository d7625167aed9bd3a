// Every page of the desk, in the order of the navigation. A page is
//   {path, may, title: [zh, en], icon, open(ctx) -> {view() -> template, close()}}
// ctx: {me, args, redraw(), go(path), toast(text), fail(error)}. `may` is the permission that shows it; empty: everyone.
import {accounts} from './pages/accounts.js';
import {alarms} from './pages/alarms.js';
import {audit} from './pages/audit.js';
import {devices} from './pages/devices.js';
import {gateways} from './pages/gateways.js';
import {grid} from './pages/grid.js';
import {home} from './pages/home.js';
import {looks} from './pages/looks.js';
import {map} from './pages/map.js';
import {me} from './pages/me.js';

export const pages = [home, alarms, grid, devices, gateways, map, looks, accounts, audit, me];
