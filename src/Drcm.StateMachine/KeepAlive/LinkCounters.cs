namespace Drcm.StateMachine.KeepAlive;

/// <summary>Keep-alives to one node and their answers, since the start. Plain fields: it is written at every answer.</summary>
internal sealed class LinkCounters
{
    /// <summary>The greatest round trip is that of the running and the former span of this length: whoever looks once in a span misses none.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(30);

    private long _answered;
    private TimeSpan _newest;
    private TimeSpan _sum;
    private TimeSpan _greatest;
    private TimeSpan _formerGreatest;
    private TimeSpan _spanBegan;

    public long Sent { get; set; }

    /// <summary>The first answer to a keep-alive, whatever it says.</summary>
    public void Answer(TimeSpan now, TimeSpan roundTrip)
    {
        Turn(now);
        _answered++;
        _newest = roundTrip;
        _sum += roundTrip;
        if (roundTrip > _greatest) _greatest = roundTrip;
    }

    public LinkFigures At(TimeSpan now, NodeId to)
    {
        Turn(now);
        return new LinkFigures(to, Sent, _answered, _newest, _sum, _greatest > _formerGreatest ? _greatest : _formerGreatest);
    }

    private void Turn(TimeSpan now)
    {
        if (now - _spanBegan < Span) return;
        _formerGreatest = now - _spanBegan < Span * 2 ? _greatest : TimeSpan.Zero;
        _greatest = TimeSpan.Zero;
        _spanBegan = now;
    }
}

/// <summary>The way to another node and back.</summary>
/// <param name="Sent">Keep-alives since the start.</param>
/// <param name="Answered">Of these; what is missing was lost, or is still on its way.</param>
/// <param name="Newest">Round trip of the newest answer.</param>
/// <param name="Sum">Round trips of all <paramref name="Answered"/>.</param>
/// <param name="Greatest">Greatest round trip of the last 30 to 60 s.</param>
public sealed record LinkFigures(NodeId To, long Sent, long Answered, TimeSpan Newest, TimeSpan Sum, TimeSpan Greatest);
