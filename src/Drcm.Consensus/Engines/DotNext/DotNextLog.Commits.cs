using DotNext.Net.Cluster.Consensus.Raft;

namespace Drcm.Consensus.Engines.DotNext;

/// <content>The others learn of a commit with the next round. When nothing more is proposed, that would be a heartbeat later.</content>
public sealed partial class DotNextLog
{
    /// <summary>Somebody who proposes one entry after the other has proposed the next one by then, and it carries the news.</summary>
    private static readonly TimeSpan NextProposal = TimeSpan.FromMilliseconds(1);

    private int _isTelling;

    private void TellCommitSoon()
    {
        if (_engine?.Leader is { IsRemote: false } && Interlocked.Exchange(ref _isTelling, 1) == 0)
        {
            _ = TellCommitAsync(_engine);
        }
    }

    private async Task TellCommitAsync(Engine engine)
    {
        try
        {
            await Task.Delay(NextProposal, _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }

        Volatile.Write(ref _isTelling, 0);
        if (!_log!.HasUncommitted)
        {
            engine.ForceReplicationSoon();
        }
    }
}
