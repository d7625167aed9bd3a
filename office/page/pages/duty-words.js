// Words that several pages of duty say.
import {addWords, t} from '../words.js';

addWords({
  'cause.sos': ['紧急求助', 'Call for help'], 'cause.fallDown': ['跌倒', 'Fall'], 'cause.general': ['警报', 'Alarm'],
  'cause.gatewaySilent': ['网关没有消息', 'Gateway silent'], 'cause.brokerLost': ['与平台断线', 'Broker lost'], 'cause.unreadableAlarm': ['无法解读的警报', 'Unreadable alarm'],
});

export const causeName = (cause) => { const text = t(`cause.${cause}`); return text.startsWith('cause.') ? cause : text; };
