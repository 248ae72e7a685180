using System.Collections.Immutable;
using Drcm.Consensus.Membership;
using Drcm.Node.Clock;
using Drcm.Node.Loop;
using Drcm.Node.Observation;
using Drcm.Node.Startup;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Metrics;

/// <summary>Asks the node loop once for each scrape; every instrument reads the same answer.</summary>
internal sealed class FigureSource(NodeIdentity identity, NodeLoop loop, ClusterLog log, LeaseLow leaseLow, Func<ProtectionFacts> protection)
{
    /// <summary>A loop that does not answer for so long is hung, or its host is; the newest answer stands then, and <see cref="NodeFigures.AnswerTime"/> says so.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>One collection reads all instruments within this.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private volatile NodeFigures? _newest;
    private long _takenAt = long.MinValue;

    /// <summary>Null: the loop has never answered.</summary>
    public NodeFigures? Newest
    {
        get
        {
            if (MonotonicClock.Now.Ticks - Interlocked.Read(ref _takenAt) <= FreshFor.Ticks) return _newest;
#pragma warning disable VSTHRD002 // A scrape has asked before; an exporter that pushes has a thread of its own, which may wait, and for a bounded time.
            Task.Run(() => RefreshAsync(CancellationToken.None)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            return _newest;
        }
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var asked = MonotonicClock.Now;
        try
        {
            var (seen, links, low) = await loop.AskAsync((core, now) => (NodeSnapshot.Of(core, now), core.Links(now), leaseLow.Read(now)))
                .WaitAsync(Patience, cancellationToken);
            _newest = Of(seen, links, low, MonotonicClock.Now - asked);
        }
        catch (TimeoutException)
        {
            _newest = _newest is { } old ? old with { AnswerTime = MonotonicClock.Now - asked } : null;
        }
        Interlocked.Exchange(ref _takenAt, MonotonicClock.Now.Ticks);
    }

    private NodeFigures Of(NodeSnapshot seen, ImmutableArray<LinkFigures> links, TimeSpan leaseLow, TimeSpan answerTime)
    {
        var definition = seen.State.Definition ?? identity.Definition;
        var voters = StatusReport.VotersOf(seen, definition);
        return new NodeFigures(
            seen, definition, links, leaseLow, log.Leadership, log.Figures,
            StatusReport.HasQuorum(identity, seen, definition, log.Leadership),
            StatusReport.ConnectedOf(identity, seen, definition, voters),
            (voters.Count / 2) + 1,
            protection().Lines(definition, identity.Id),
            answerTime);
    }
}
