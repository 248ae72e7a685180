using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Contract.Broken;

internal sealed class BrokenCluster(ILogCluster inner, Func<IReplicatedLog, bool, IReplicatedLog> breaking) : ILogCluster
{
    private bool _hasRestarted;

    public IReadOnlyCollection<string> Running => inner.Running;

    public IReplicatedLog this[string name] => breaking(inner[name], _hasRestarted);

    public Task StopAsync(string name) => inner.StopAsync(name);

    public Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        _hasRestarted = true;
        return inner.RestartAsync(name, cancellationToken);
    }

    public Task<LogMember> StartNodeAsync(string name, CancellationToken cancellationToken) => inner.StartNodeAsync(name, cancellationToken);

    public void LoseNextAppend() => inner.LoseNextAppend();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
