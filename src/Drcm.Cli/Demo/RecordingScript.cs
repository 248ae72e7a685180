namespace Drcm.Cli.Demo;

/// <summary>The resource script of the demo. Its own arguments are kind and nickname; the daemon's follow, the action last.</summary>
internal static class RecordingScript
{
    public static string Text(string directory) => Template.Replace("@DIRECTORY@", directory, StringComparison.Ordinal);

    // A mark is there as long as the resource may run: it is made last at a start of the process, removed last at a stop.
    private const string Template = """
        #!/bin/bash
        # Records what a real resource script would do: a mark file says that the resource runs on this pretended host.
        set -u
        export DRCM_DEMO=@DIRECTORY@ DRCM_NODE
        kind=$1 nickname=$2 action=${!#}
        mark=$DRCM_DEMO/marks/$DRCM_NODE/$kind-$nickname
        pidfile=$DRCM_DEMO/nodes/$DRCM_NODE/$kind-$nickname.pid
        printf '%(%F %T)T %s %s %s:%s token %s: %s\n' -1 "$DRCM_NODE" "$action" "$kind" "$nickname" \
            "${DRCM_TOKEN:-0}" "${DRCM_REASON:-}" >>"$DRCM_DEMO/journal.log"

        is_running() {
            [[ -s $pidfile ]] && kill -0 "$(<"$pidfile")" 2>/dev/null
        }

        case $action in
        start | mount)
            if [[ $kind == application ]] && ! is_running; then
                sleep 3600 </dev/null >/dev/null 2>&1 &
                echo $! >"$pidfile"
            fi
            [[ -e $mark ]] || { echo "${DRCM_TOKEN:-0}" >"$mark.new" && mv -f "$mark.new" "$mark"; }
            ;;
        stop | unmount)
            if [[ $kind == application ]] && is_running; then kill "$(<"$pidfile")"; fi
            rm -f "$pidfile" "$mark"
            ;;
        watch)
            [[ -e $mark ]] && { [[ $kind != application ]] || is_running; }
            ;;
        status)
            [[ -e $mark ]] || exit 3
            ;;
        *)
            echo "unknown action $action" >&2
            exit 2
            ;;
        esac
        """;
}
