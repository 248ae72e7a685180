using System.Collections.Immutable;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Explanations;

namespace Drcm.Node.Control;

/// <summary>What the control socket shows. Called from any thread, also many at once.</summary>
internal interface IControlSource
{
    Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken);

    /// <summary>A command that changes something, brought to the leader.</summary>
    /// <param name="actor"><c>operator:NAME</c>.</param>
    /// <returns>Null: nobody leads.</returns>
    Task<CommandAnswer?> CommandAsync(string actor, ControlRequest request, CancellationToken cancellationToken);

    /// <summary>Begins a rotation of the auth key (<see cref="ControlProtocol.RotateKey"/>), or tells how far it is; asks the leader.</summary>
    /// <returns>No progress: why the leader could not be asked.</returns>
    Task<(KeyProgress? Progress, string Why)> KeyAsync(string command, CancellationToken cancellationToken);

    /// <summary>Why a resource or node is as it is, or was.</summary>
    /// <param name="at">Null: now.</param>
    /// <returns>No answers: why there are none.</returns>
    Task<(ImmutableArray<Explanation> Answers, string WhyNot)> WhyAsync(string name, DateTimeOffset? at, CancellationToken cancellationToken);

    /// <summary>Compares the audit history with the log and the live state, or makes it anew from the log.</summary>
    Task<AuditAnswer> AuditAsync(bool isRebuilt, CancellationToken cancellationToken);

    /// <summary>Committed events above <paramref name="afterIndex"/>, in log order. With <paramref name="follow"/> it goes on with what
    /// is committed from then on, until cancelled; else it ends at the newest.</summary>
    IAsyncEnumerable<EventLine> EventsAsync(long afterIndex, bool follow, CancellationToken cancellationToken);
}
