#!lua flags=allow-oom
-- Ends the holds that are due; lists the payments past their deadline.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run
-- Returns: step + when the next hold or payment is due ('' none) + overdue booking ids
-- Publishes: the change; `expired` to the owners
--
-- include _step.lua _holds.lua _open.lua

local said = answer(OK)
local after = '(' .. now
local hold = redis.call('ZRANGEBYSCORE', HOLDS, after, '(+inf', 'WITHSCORES', 'LIMIT', 0, 1)
local payment = redis.call('ZRANGEBYSCORE', PAYMENTS, after, '(+inf', 'WITHSCORES', 'LIMIT', 0, 1)
local next_hold, next_payment = tonumber(hold[2]), tonumber(payment[2])
said[6] = math.min(next_hold or math.huge, next_payment or math.huge)
if said[6] == math.huge then said[6] = '' end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', PAYMENTS, '-inf', now)) do said[#said + 1] = id end
return said
