-- Who is on duty, and for which lines.
-- Returns {'ok', {line:name, ...}}.
return {'ok', call('ZRANGE', DUTY, 0, -1)}
