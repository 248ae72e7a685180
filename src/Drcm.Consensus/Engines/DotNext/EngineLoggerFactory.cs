using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The engine's own log lines, turned down: what an operator should read is said by <see cref="DotNextLog"/>, while the engine
/// repeats every failed request at Warning. Its errors stay warnings, all else is Debug.</summary>
internal sealed class EngineLoggerFactory(ILogger target) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => target.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => target.IsEnabled(TurnDown(logLevel));

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        target.Log(TurnDown(logLevel), eventId, state, exception, formatter);

    private static LogLevel TurnDown(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => LogLevel.Warning,
        LogLevel.Warning or LogLevel.Information => LogLevel.Debug,
        LogLevel.None => LogLevel.None,
        _ => LogLevel.Trace,
    };
}
