-- Lets a command go on only where the map is loaded by this very Redis; ends the holds that are due.
-- Needs: _step.lua, _holds.lua

if not status then return { NOT_LOADED } end
if meta[1] ~= ARGV[1] then return { STALE_RUN } end
if status ~= 'open' then return { NOT_LOADED } end
end_due_holds()
