using System.Collections.Immutable;
using System.Globalization;
using Drcm.TestHosts;

namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>What runs on a host, seen with the tools of the system and not with those of the product.</summary>
/// <param name="Resources"><c>kind:nickname</c>, in order.</param>
/// <param name="Processes">Process number of each service and application, inside the host.</param>
internal sealed record HostView(ImmutableArray<string> Resources, ImmutableSortedDictionary<string, int> Processes)
{
    private const string Look = """
        ip -o -4 addr show dev eth0 | awk '{ split($4, a, "/"); if (split(a[1], b, ".") == 4 && b[4] > 100) print "ip:front" b[4] - 100 }'
        for file in /etc/cron.d/jobs*; do [ ! -e "$file" ] || echo "cron:${file##*/}"; done
        awk '$5 ~ "^/var/data" { print "filesystem:" substr($5, 6) }' /proc/self/mountinfo
        ps -e -o pid=,user=,args= | awk '
            $3 ~ /^worker[0-9]$/ && $2 == "nobody" { print "application:" $3, $1 }
            $3 ~ /^[a-z]+[0-9]$/ && $2 == "root" { print "service:" $3, $1 }'
        """;

    public static async Task<HostView> OfAsync(TestHost host, CancellationToken cancellationToken)
    {
        var seen = await host.RunAsync(["bash", "-c", Look], cancellationToken);
        if (seen.ExitCode != 0) throw new InvalidOperationException($"cannot look at {host.Name}: {seen.Output}");
        var lines = seen.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToArray();
        return new HostView(
            [.. lines.Select(words => words[0]).Order(StringComparer.Ordinal)],
            lines.Where(words => words.Length == 2).ToImmutableSortedDictionary(
                words => words[0], words => int.Parse(words[1], CultureInfo.InvariantCulture), StringComparer.Ordinal));
    }

    public override string ToString() => string.Join(' ', Resources);
}
