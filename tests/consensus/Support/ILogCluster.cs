namespace Drcm.Consensus.Tests.Support;

/// <summary>A running cluster of any engine, with the few faults that every engine can show.</summary>
internal interface ILogCluster : IAsyncDisposable
{
    /// <summary>Members that have not been stopped.</summary>
    IReadOnlyCollection<string> Running { get; }

    IReplicatedLog this[string name] { get; }

    Task StopAsync(string name);

    Task RestartAsync(string name, CancellationToken cancellationToken);

    /// <summary>Starts a node that is no member yet.</summary>
    Task<LogMember> StartNodeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes the next append disappear without its proposer learning it, where the engine can do that on demand.</summary>
    void LoseNextAppend();
}
