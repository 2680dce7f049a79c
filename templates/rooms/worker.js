{#- What static/js/room-worker.js needs. It changes with every release that changes any of it, so that phones take the new one. -#}
{%- set files = [asset("site.css"), asset("live.css"), asset("rooms.css"), asset("icon.svg"), asset("fonts/ahn-latin.woff2"), asset("room-again.js")] -%}
self.room = {{ {"page": page, "headers": headers, "files": files} | tojson }};
importScripts({{ asset("room-worker.js") | tojson }});
