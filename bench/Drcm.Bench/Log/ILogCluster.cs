namespace Drcm.Bench.Log;

/// <summary>Three members as three processes on one disk, and a load on their leader.</summary>
internal interface ILogCluster : IAsyncDisposable
{
    string Name { get; }

    Task StartAsync(CancellationToken cancellationToken);

    Task<LoadFigures> LoadAsync(int proposers, TimeSpan time, CancellationToken cancellationToken);

    /// <summary>Kills the leading process under a load of one proposer: from the last write before to the first one after.</summary>
    Task<TimeSpan> KillLeaderAsync(CancellationToken cancellationToken);
}
