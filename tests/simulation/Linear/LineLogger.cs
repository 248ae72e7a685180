using Microsoft.Extensions.Logging;

namespace Drcm.Simulation.Linear;

/// <summary>What a member says, a line each.</summary>
internal sealed class LineLogger(TextWriter target) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            target.WriteLine($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
