using System.Collections.Concurrent;
using Drcm.Cli.Connection;
using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Control;

namespace Drcm.Chaos.Observation;

/// <summary>Follows the events of every daemon all the time, and keeps whatever any of them has reported as committed.</summary>
internal sealed class EventWatch : IAsyncDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<(long Index, int Ordinal), EventLine> _reported = new();
    private readonly ConcurrentQueue<string> _contradictions = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task[] _followers;
    private readonly Story _story;
    private readonly ClusterOfHosts _cluster;

    public EventWatch(ClusterOfHosts cluster, Story story)
    {
        _cluster = cluster;
        _story = story;
        _followers = [.. cluster.Daemons.Select(d => Task.Run(() => FollowAsync(d)))];
    }

    public int Reported => _reported.Count;

    /// <summary>What is wrong when all daemons say what they have: an event missing, another one in its place, another order. Empty: nothing.</summary>
    /// <param name="applied">Log index up to which every daemon has applied.</param>
    public async Task<IReadOnlyList<string>> CompareAsync(long applied, CancellationToken cancellationToken)
    {
        var all = new List<(string Node, IReadOnlyList<EventLine> Lines)>();
        foreach (var daemon in _cluster.Daemons)
        {
            var lines = await ClusterOfHosts.EventsAsync(daemon, cancellationToken);
            foreach (var line in lines) Keep(daemon.Name, line);
            all.Add((daemon.Name, lines));
        }
        return [.. _contradictions, .. all.SelectMany(node => Compare(node.Node, node.Lines, applied))];
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_followers);
        _end.Dispose();
    }

    private async Task FollowAsync(HostDaemon daemon)
    {
        var after = 0L;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var request = new ControlRequest(ControlProtocol.Version, ControlProtocol.Events, After: after, Follow: true);
                await foreach (var line in daemon.Control.EventsAsync(request, _end.Token))
                {
                    Keep(daemon.Name, line);
                    // An entry may hold more events than the ones that came before the connection broke.
                    after = line.Index - 1;
                }
            }
            catch (ControlException)
            {
                // Not listening now: asked again.
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(AskAgain, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private IEnumerable<string> Compare(string node, IReadOnlyList<EventLine> lines, long applied)
    {
        foreach (var (earlier, later) in lines.Zip(lines.Skip(1)))
        {
            if ((later.Index, later.Ordinal).CompareTo((earlier.Index, earlier.Ordinal)) <= 0) yield return $"{node} has {Show(later)} behind {Show(earlier)}";
        }
        var has = lines.ToLookup(l => (l.Index, l.Ordinal));
        // What came before a node's snapshot is not on it any more.
        var first = lines.Count == 0 ? 0 : lines[0].Index;
        foreach (var line in _reported.Values.Where(l => l.Index >= first && l.Index <= applied).OrderBy(l => (l.Index, l.Ordinal)))
        {
            if (!has[(line.Index, line.Ordinal)].Any()) yield return $"{node} lacks {Show(line)}";
        }
    }

    private void Keep(string node, EventLine line)
    {
        if (_reported.TryAdd((line.Index, line.Ordinal), line)) _story.Tell(_cluster.Network.Now, Show(line));
        else if (_reported[(line.Index, line.Ordinal)] is var known && known != line) _contradictions.Enqueue($"{node} reported {Show(line)}, another {Show(known)}");
    }

    private static string Show(EventLine line) =>
        FormattableString.Invariant($"event {line.Index}.{line.Ordinal} {line.Event} {line.Slot ?? line.Node} ({line.Reason})");
}
