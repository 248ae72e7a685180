namespace Drcm.TestHosts;

/// <summary>The first process of a host.</summary>
internal static class HostInit
{
    internal const string Ready = "ready";

    /// <summary>Private layers over /etc and /var, so that mount points can be made without touching the machine; then the
    /// host's own directories on top. Mounts propagate nowhere and go with the last process. At last it only reaps.</summary>
    private const string Script = """
        set -eu
        name=$1 disk=$2
        mount -t tmpfs scratch "$disk/scratch"
        for top in etc var; do
            mkdir "$disk/scratch/$top" "$disk/scratch/$top.work"
            mount -t overlay -o "lowerdir=/$top,upperdir=$disk/scratch/$top,workdir=$disk/scratch/$top.work" overlay "/$top"
        done
        mount -t tmpfs run /run
        mkdir -p /etc/drcm /etc/cron.d /var/run/drcm /var/log/drcm /var/spool/drcm
        mount --bind "$disk/etc-drcm" /etc/drcm
        mount --bind "$disk/cron.d" /etc/cron.d
        mount --bind "$disk/run" /var/run/drcm
        mount --bind "$disk/log" /var/log/drcm
        mount --bind "$disk/spool" /var/spool/drcm
        mount --bind "$disk/boot_id" /proc/sys/kernel/random/boot_id
        echo "$name" >/proc/sys/kernel/hostname
        echo ready
        exec </dev/null >/dev/null 2>&1
        sleep infinity &
        while :; do wait || :; done
        """;

    /// <summary>Arguments of nsenter.</summary>
    internal static string[] CommandLine(string netns, string name, string disk) =>
    [
        "--net=" + netns, "--",
        "unshare", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--mount-proc", "--propagation", "private",
        "/bin/bash", "-c", Script, "init", name, disk,
    ];
}
