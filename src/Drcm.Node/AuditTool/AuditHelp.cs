namespace Drcm.Node.AuditTool;

/// <summary>What <c>drcm audit --help</c> prints.</summary>
internal static class AuditHelp
{
    public const string Text = """
        NAME
          drcm audit - what happened on this cluster, why, and how long it hurt

        SYNOPSIS
          drcm audit [--since TIME] [--until TIME] [--resource R] [--node N] [--format table|json|csv]
          drcm audit --at TIME [--resource R] [--node N] [--format ...]
          drcm audit --outages [--since TIME] [--until TIME] [--resource R] [--node N] [--format ...]
          drcm audit verify  [--json]
          drcm audit rebuild [--json]

        DESCRIPTION
          Reads audit.db in this node's spool directory, which the daemon keeps; it needs no running daemon and changes
          nothing. Tables for your own SQL: docs/audit.md.

          Without --at and --outages: every event of the time asked for, then, for each resource, how long it was available,
          its takeovers with cause and duration, the longest outage, and what flapped.
          An outage is the time in which nobody was known to run a resource. After a death it is counted from the last
          sign of life that the owner can have given: D before the death was declared.

          verify     projects the log anew and compares every row with it, and the log with the state that the daemon is in.
                     Beside a running daemon, or offline. What is older than the log's newest snapshot cannot be proven.
          rebuild    writes anew what the log still has; what is older stays as it is. Beside a running daemon, or offline.

        OPTIONS
          --since TIME   24h, 7d, 30m ago, or 2026-11-22T10:00 local time (default 24h)
          --until TIME   default: now
          --at TIME      who owned what at that moment
          --outages      only the outages, longest first
          --resource R   kind:nickname, nickname, or kind:nickname@home
          --node N       only what is about this node
          --format F     table, json (one object) or csv; --json is --format json
          --spool DIR    the spool directory (default: spool_dir of cm.cfg)
          --run-dir DIR  the daemon's run directory, for verify and rebuild (default: run_dir of cm.cfg)
          -c, --config CM.CFG
                         the cluster configuration (default /etc/drcm/cm.cfg)

        EXIT STATUS
          0  done; verify: it agrees    1  audit.db cannot be read, or differs from the log    2  wrong usage

        EXAMPLES
          drcm audit --since 24h
          drcm audit --at 2026-11-22T03:12
          drcm audit --outages --since 30d --format csv > outages.csv
          sqlite3 -readonly /var/spool/drcm/audit.db "select * from outages order by until_ms - from_ms desc limit 5"
        """;
}
