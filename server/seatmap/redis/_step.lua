-- What every command is made of: the map as it stands, what changes, and how that is told.
--
-- KEYS 1-8, the same for every command, all under one hash tag:
--   meta states holds data payments log, the public and the private channel
-- ARGV[1]: run id of the Redis that the caller is connected to.
--
-- meta      hash: run, status (loading|open), epoch, version, counts 'A H S B', layout, seats, keep, renew, lent
--           (blocked seats that somebody has over their block: index -> where they go back to; absent when none)
-- states    one character per seat, in layout order
-- holds     sorted set: token -> end of the hold
-- data      hash: h:<token> hold, o:<session> token of its hold, b:<id> booking, p:<session> seats in payment
-- payments  sorted set: booking id -> deadline; only those that are being paid and own seats
-- log       list: the latest changes, one line per version
--
-- A seat that is not available is in exactly one hold or booking of `data`; who that is is looked up there
-- when it matters (rarely), instead of being written with every hold (a fifth of its cost).
-- Hashes, sets and lists hold one empty member from the start: a key that was emptied would lose its
-- time to live.

local META, STATES, HOLDS, DATA, PAYMENTS, LOG, PUBLIC, PRIVATE = unpack(KEYS, 1, 8)

-- Answers; `answers.ts` knows the same numbers.
local OK, NOT_LOADED, STALE_RUN, SEAT_TAKEN, HOLD_LIMIT = 1, -1, -2, -3, -4
local SEAT_UNKNOWN, HOLD_EXPIRED, FORBIDDEN, REQUEST_MISMATCH, LINES_MISMATCH = -5, -6, -7, -8, -9

-- Lines in the log that a client may be behind, and by how many more it grows before it is cut.
local LOG_LENGTH, LOG_SLACK = 256, 64

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local meta = redis.call('HMGET', META, 'run', 'status', 'epoch', 'version', 'counts', 'renew', 'lent')
local status, epoch, version = meta[2], meta[3], tonumber(meta[4] or 0)
local count_text = meta[5] or ''

local text          -- states as found, read when first needed
local found = {}    -- index -> state before this step, for seats that were touched
local changed = {}  -- index -> state now
local notices = {}  -- messages for the private channel
local lent = meta[7] and cmsgpack.unpack(meta[7]) or {}
local lent_changed = false

local function state_of(index)
  if changed[index] then return changed[index] end
  text = text or redis.call('GET', STATES)
  local state = string.sub(text, index + 1, index + 1)
  return state ~= '' and state or nil
end

-- Changes what everyone sees of a seat. The seat must exist.
local function set_seat(index, state)
  if not found[index] then found[index] = state_of(index) end
  changed[index] = state
end

-- Notes, or with nil forgets, the block that a seat goes back to.
local function lend(index, block)
  lent[index] = block
  lent_changed = true
end

local function write_lent()
  if not lent_changed then return end
  if next(lent) then redis.call('HSET', META, 'lent', cmsgpack.pack(lent)) else redis.call('HDEL', META, 'lent') end
end

-- Writes the states that differ from what was found, neighbours together, and counts them; answers
-- them as '3H 4H 9A'.
local function write_states()
  write_lent()
  local indexes = {}
  for index, before in pairs(found) do
    if changed[index] ~= before then indexes[#indexes + 1] = index end
  end
  if #indexes == 0 then return '' end
  table.sort(indexes)
  local a, h, s, b = string.match(count_text, '(%d+) (%d+) (%d+) (%d+)')
  local counts = { A = a, H = h, S = s, B = b }
  local told, from = {}, 1
  for place, index in ipairs(indexes) do
    local before, now_is = found[index], changed[index]
    counts[before] = counts[before] - 1
    counts[now_is] = counts[now_is] + 1
    told[place] = index .. now_is
    if indexes[place + 1] ~= index + 1 then
      local run = now_is
      for at = place - 1, from, -1 do run = changed[indexes[at]] .. run end
      redis.call('SETRANGE', STATES, indexes[from], run)
      from = place + 1
    end
  end
  count_text = counts.A .. ' ' .. counts.H .. ' ' .. counts.S .. ' ' .. counts.B
  return table.concat(told, ' ')
end

-- The map is forgotten when nobody used it for `keep`. Renewed now and then only: it costs a call per key.
local function renew()
  local keep = tonumber(redis.call('HGET', META, 'keep'))
  local slack = math.ceil(keep / 8)
  redis.call('HSET', META, 'renew', now + slack)
  redis.call('PEXPIRE', META, string.format('%.0f', keep + slack))
  -- The others outlive `meta`: where it is, everything is.
  for place = 2, 6 do redis.call('PEXPIRE', KEYS[place], string.format('%.0f', keep + slack + 60000)) end
end

-- Ends the step: writes, the next version if a visible state changed, the log, and everyone is told.
-- PUBLISH reads SPUBLISH on a cluster, see `loadScripts`.
-- Publishes on the public channel 'epoch from to A H S B changes', on the private one the notices.
local function finish()
  local changes = write_states()
  if changes ~= '' then
    local from = version
    version = version + 1
    redis.call('HSET', META, 'version', version, 'counts', count_text)
    redis.call('RPUSH', LOG, changes)
    if version % LOG_SLACK == 0 then redis.call('LTRIM', LOG, -LOG_LENGTH, -1) end
    redis.call('PUBLISH', PUBLIC, epoch .. ' ' .. from .. ' ' .. version .. ' ' .. count_text .. ' ' .. changes)
  end
  for _, notice in ipairs(notices) do redis.call('PUBLISH', PRIVATE, notice) end
  if now > tonumber(meta[6]) then renew() end
  return changes
end

-- Every answer: code, epoch, version, the map's time, what changed; then what the command adds.
local function answer(code, ...)
  local changes = finish()
  return { code, epoch, version, now, changes, ... }
end

local function list(csv)
  local seats = {}
  for index in string.gmatch(csv, '%d+') do seats[#seats + 1] = tonumber(index) end
  return seats
end

local function csv(seats)
  return table.concat(seats, ',')
end
