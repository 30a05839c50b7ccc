-- Commands that may be sent twice: the first answer is kept and given again.
-- KEYS[9]: requests of the session. ARGV[2]: session, ARGV[3]: request id, ARGV[4]: hash of the payload.
--   hash: r:<request id> answer, s:<slot> request id (a ring), n: how many there have been
-- Needs: _step.lua, _holds.lua

local REQUESTS, SESSION, REQUEST, HASH = KEYS[9], ARGV[2], ARGV[3], ARGV[4]
-- Kept per session, and how long after its last one: longer than any client retries.
local REMEMBERED, REMEMBERED_MS = 64, 3600000

local asked = redis.call('HMGET', REQUESTS, 'r:' .. REQUEST, 'n')

-- The first answer to this request, a refusal if its payload was another, nil if it is new.
local function recall()
  if not asked[1] then return nil end
  local hash, first_epoch, first_version, at, token, session, expires, cap, graces, seats = cmsgpack.unpack(asked[1])
  if hash ~= HASH then return answer(REQUEST_MISMATCH) end
  finish()
  return { OK, first_epoch, first_version, at, '', token, session, expires, cap, graces, seats }
end

-- Answers ok with a hold (or none), and keeps that answer.
local function accept(hold)
  local said = answer(OK, flat(hold))
  local count = tonumber(asked[2] or 0)
  local slot = 's:' .. count % REMEMBERED
  if count >= REMEMBERED then redis.call('HDEL', REQUESTS, 'r:' .. redis.call('HGET', REQUESTS, slot)) end
  local kept = cmsgpack.pack(HASH, epoch, version, now, flat(hold))
  redis.call('HSET', REQUESTS, 'r:' .. REQUEST, kept, slot, REQUEST, 'n', count + 1)
  redis.call('PEXPIRE', REQUESTS, REMEMBERED_MS)
  return said
end
