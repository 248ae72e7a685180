using Drcm.StateMachine.Control;

namespace Drcm.Node.Control;

/// <summary>What the control socket shows. Called from any thread, also many at once.</summary>
internal interface IControlSource
{
    Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken);

    /// <summary>Committed events above <paramref name="afterIndex"/>, in log order. With <paramref name="follow"/> it goes on with what
    /// is committed from then on, until cancelled; else it ends at the newest.</summary>
    IAsyncEnumerable<EventLine> EventsAsync(long afterIndex, bool follow, CancellationToken cancellationToken);
}
