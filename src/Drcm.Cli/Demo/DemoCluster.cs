using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Drcm.Cli.Connection;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Demo;

/// <summary>The running daemons of a demo, asked through the control socket of any that lives.</summary>
internal sealed class DemoCluster : IDisposable
{
    private const int LogLinesShown = 12;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly DemoDirectory _directory;
    private readonly bool _keepsDirectory;

    public DemoCluster(DemoPlan plan, DemoDirectory directory, string daemon, bool keepsDirectory)
    {
        _directory = directory;
        _keepsDirectory = keepsDirectory;
        Hosts = [.. plan.Running.Select(node => new DemoHost(node.Id, directory, daemon))];
        Observer = new MarkObserver(plan, directory);
    }

    public ImmutableArray<DemoHost> Hosts { get; }

    public MarkObserver Observer { get; }

    public IReadOnlyList<(string Node, bool IsOn)> Switches => [.. Hosts.Select(host => (host.Node.Value, host.IsOn))];

    public DemoHost HostOf(string node) => Hosts.First(host => host.Node.Value == node);

    /// <summary>A daemon's view: the first in file order that answers; null: none does.</summary>
    public async Task<ClusterStatus?> LookAsync(CancellationToken cancellationToken)
    {
        foreach (var host in Hosts.Where(host => host.IsOn))
        {
            try
            {
                return await host.Control.StatusAsync(cancellationToken);
            }
            catch (ControlException)
            {
                continue; // Not listening yet, or just killed: the next one is asked.
            }
        }
        return null;
    }

    /// <summary>Looks until the condition holds.</summary>
    /// <param name="waitingFor">Completes "after 60 s ...", for the failure.</param>
    public async Task<ClusterStatus> UntilAsync(
        Func<ClusterStatus, bool> condition, TimeSpan timeout, Func<ClusterStatus?, string> waitingFor, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var status = await LookAsync(cancellationToken);
            if (status is not null && condition(status)) return status;
            await ThrowIfADaemonEndedAsync(cancellationToken);
            if (Stopwatch.GetElapsedTime(started) > timeout) throw Late(timeout, waitingFor(status));
            await Task.Delay(LookInterval, cancellationToken);
        }
    }

    /// <summary>The moment at which the marks first met the condition.</summary>
    public async Task<long> MarksUntilAsync(
        Func<IReadOnlyDictionary<NodeId, HashSet<string>>, bool> condition,
        TimeSpan timeout,
        string waitingFor,
        CancellationToken cancellationToken)
    {
        var seen = Observer.WhenAsync(condition);
        var started = Stopwatch.GetTimestamp();
        while (await Task.WhenAny(seen, Task.Delay(LookInterval, cancellationToken)) != seen)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ThrowIfADaemonEndedAsync(cancellationToken);
            if (Stopwatch.GetElapsedTime(started) > timeout) throw Late(timeout, waitingFor);
        }
        return await seen;
    }

    public void Dispose()
    {
        foreach (var host in Hosts) host.Forget();
        DemoProcesses.KillAll(_directory.Path, node: null);
        Observer.Dispose();
        if (!_keepsDirectory) _directory.Remove();
    }

    private async Task ThrowIfADaemonEndedAsync(CancellationToken cancellationToken)
    {
        if (Hosts.FirstOrDefault(host => host.HasFailed) is not { } host) return;
        await host.LastWordsAsync(cancellationToken);
        throw new DemoFailure($"the daemon of {host.Node} ended by itself; it said last:\n{Indented(host)}");
    }

    private DemoFailure Late(TimeSpan timeout, string waitingFor)
    {
        var said = Hosts.Where(host => host.IsOn).Select(host => $"{host.Node} said last:\n{Indented(host)}");
        var seconds = timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        return new DemoFailure($"after {seconds} s {waitingFor}\n{string.Join('\n', said)}");
    }

    private static string Indented(DemoHost host) => string.Join('\n', host.LastLines(LogLinesShown).Select(line => "    " + line));
}
