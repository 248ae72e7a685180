namespace Drcm.Consensus.Engines.DotNext;

/// <content>A key was retired: the engine's connections that were made with it are replaced.</content>
public sealed partial class DotNextLog
{
    private Task _renewing = Task.CompletedTask;

    private void RenewConnections(object? sender, EventArgs e) => _renewing = RenewConnectionsAsync(_renewing);

    /// <summary>One connection after the other, for a leader that misses the answers of a majority in one round steps down.</summary>
    private async Task RenewConnectionsAsync(Task former)
    {
        await former;
        while (_transport.CloseRetired())
        {
            // The first request finds the connection closed, the second one opens the next.
            await _engine!.WarmAsync(_stop.Token);
            await _engine.WarmAsync(_stop.Token);
            await Task.Delay(_options.Times.Upper, _stop.Token);
        }
    }
}
