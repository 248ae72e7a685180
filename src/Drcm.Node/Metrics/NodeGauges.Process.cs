using System.Diagnostics;

namespace Drcm.Node.Metrics;

/// <content>The process, by the names that every exporter uses.</content>
internal sealed partial class NodeGauges
{
    private static readonly double StartedAt = new DateTimeOffset(Process.GetCurrentProcess().StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;

    private void AddProcess()
    {
        Gauge("drcm_loop_answer_time", "s", "What the node loop took to answer this look.", f => f.AnswerTime.TotalSeconds);
        _meter.CreateObservableCounter("process_cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of the daemon.");
        _meter.CreateObservableGauge("process_resident_memory", () => Environment.WorkingSet, "By", "Resident memory of the daemon.");
        _meter.CreateObservableGauge("process_start_time", () => StartedAt, "s", "When the daemon started, since 1970.");
        _meter.CreateObservableGauge("process_open_fds", () => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), "", "Open file descriptors of the daemon.");
        _meter.CreateObservableCounter("drcm_gc_pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time for which the runtime held all threads of the daemon.");
    }
}
