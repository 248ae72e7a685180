namespace Drcm.Consensus.Engines.DotNext;

/// <summary>Whether this member stands for election: not while its disk refuses writes, nor after it resigned. The engine's own calls for that do nothing
/// when its state changes at the same moment, and it leaves the elections by itself when a take-over fails: so what is wanted is compared with what
/// is, again and again.</summary>
public sealed partial class DotNextLog
{
    private readonly ChangeSignal _standingChanged = new();
    private volatile bool _isResigning;

    private bool StandsBy => Trouble is not null || _isResigning;

    /// <inheritdoc/>
    /// <remarks>A leader that only stepped down would be elected again: its own timer starts first. So it goes on voting but does not stand until
    /// another one leads, or for two election timeouts when nobody does.</remarks>
    public async ValueTask ResignAsync(CancellationToken cancellationToken)
    {
        if (_engine is not { } engine || !Leadership.IsSelf)
        {
            return;
        }

        _isResigning = true;
        try
        {
            await engine.EnableStandbyModeAsync(cancellationToken);
        }
        finally
        {
            // Also for a caller that stopped waiting: nobody else would let this member stand again.
            _standingChanged.Raise();
            _resigning = StandAgainAsync();
        }
    }

    private async Task StandAgainAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        deadline.CancelAfter(_options.Times.Upper * 2);
        try
        {
            await foreach (var leadership in WatchLeadershipAsync(deadline.Token))
            {
                if (leadership is { Leader: not null, IsSelf: false })
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Nobody else leads: better this member than none.
        }

        _isResigning = false;
        _standingChanged.Raise();
    }

    private async Task KeepStandingAsWantedAsync()
    {
        var engine = _engine!;
        while (!_stop.IsCancellationRequested)
        {
            var changed = _standingChanged.Next;
            if (engine.Failure is { } failure)
            {
                _committed.Fail(failure);
                return;
            }

            var isAsWanted = engine.Standby == StandsBy || !engine.IsMember
                || await (StandsBy ? engine.EnableStandbyModeAsync(_stop.Token) : engine.RevertToNormalModeAsync(_stop.Token));
            var pause = Task.Delay(isAsWanted ? _options.Times.Upper : _options.Times.Heartbeat, _stop.Token);
            await Task.WhenAny(changed, pause);
        }
    }
}
