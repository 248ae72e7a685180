using System.Globalization;
using Drcm.Integration.Tests.Stories.Clusters;

namespace Drcm.Bench;

/// <summary>What three daemons cost while nothing happens, with the timing of a file that sets none.</summary>
internal static class IdleBench
{
    public const int SecondsDefault = 30;

    /// <summary>USER_HZ, the unit of /proc/PID/stat on every Linux of today.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>The first collections and compilations are not idle.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(TimeSpan time)
    {
        var timing = ClusterTiming.Default;
        await using var cluster = await ClusterOfHosts.StartAsync(timing, ClusterConfiguration.Text(timing), _ => { }, CancellationToken.None);
        await cluster.BeHealthyAsync(CancellationToken.None);
        await Task.Delay(WarmUp);
        var before = cluster.Daemons.Select(d => ProcessorTicks(d.ProcessId)).ToArray();
        var started = cluster.Network.Now;
        await Task.Delay(time);
        var elapsed = (cluster.Network.Now - started).TotalSeconds;
        var leader = await cluster.LeaderAsync(CancellationToken.None);
        Console.WriteLine($"{"daemon",-18}{"cpu, % of one",15}{"resident, MiB",15}");
        for (var i = 0; i < before.Length; i++)
        {
            var daemon = cluster.Daemons[i];
            var share = (ProcessorTicks(daemon.ProcessId) - before[i]) / TicksPerSecond / elapsed * 100;
            var name = daemon.Name == leader ? $"{daemon.Name} (leader)" : daemon.Name;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-18}{share,15:0.00}{ResidentMiB(daemon.ProcessId),15:0.0}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"over {elapsed:0} s; keep-alives every {timing.IntervalMs} ms"));
    }

    /// <summary>utime and stime, fields 14 and 15.</summary>
    private static double ProcessorTicks(int processId)
    {
        var text = File.ReadAllText($"/proc/{processId}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static double ResidentMiB(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
