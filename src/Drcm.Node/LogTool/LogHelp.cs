namespace Drcm.Node.LogTool;

/// <summary>What <c>drcm log --help</c> prints.</summary>
internal static class LogHelp
{
    public const string Text = """
        NAME
          drcm log - look at the replicated log on this node's disk, offline

        SYNOPSIS
          drcm log verify  [--spool DIR | -c CM.CFG] [--json]
          drcm log inspect [--spool DIR | -c CM.CFG] [--json] [--from N] [--to N] [--last N]

        DESCRIPTION
          Both read the log below the spool directory and change nothing. They need no other node and no running
          daemon. drcmd log does the same; drcm log runs it.

          verify    reads every byte: the checksum of every entry, the order of indexes and terms, term and vote,
                    the mark (how far entries had been acknowledged), the snapshot, and whether this release
                    understands every entry. It says for each fault the file, the byte, what is wrong, what that
                    means and what to do. Its verdict is that of a starting daemon: "sound" is opened with
                    everything that was acknowledged, "refused" is not opened. A write that a loss of power cut
                    short was never acknowledged and is no fault.
                    It refuses while a daemon runs on the spool, and keeps one from starting meanwhile.

          inspect   prints term, vote, snapshot, segments, how far the log is flushed and committed, and the entries
                    as events, the way drcm events tail does. Entries that are none are printed as hex. Beside a running
                    daemon it shows the moment; the newest entries may be half written.

        OPTIONS
          --spool DIR    the spool directory (default: spool_dir of cm.cfg)
          -c, --config CM.CFG
                         the cluster configuration (default /etc/drcm/cm.cfg); it also turns the vote into a name
          --from N       first entry
          --to N         last entry
          --last N       the newest N entries (default 20 when neither --from nor --to is given)
          --json         one JSON object; "entries" is streamed, so it may be as long as the log
          --help         this text

        EXIT STATUS
          0  the log is sound
          1  the log is damaged, or of another release; or it could not be looked at
          2  wrong usage

        BEYOND REPAIR
          A damaged log must not be edited: it decides what this node has voted and acknowledged. When a majority of the
          voters has the log, nothing is lost by letting this node begin anew:
            systemctl stop drcmd
            mv SPOOL SPOOL.damaged
            systemctl start drcmd
          The node joins with a new identity, copies the log from the others, and votes again when it has caught up.

        EXAMPLES
          drcm log verify
          drcm log inspect --last 50
          drcm log inspect --json --from 1000 --to 1999 | jq -c '.entries[].events[]'
        """;
}
