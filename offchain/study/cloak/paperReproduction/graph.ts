/**
 * DePET's graphs: vehicles are vertices, and those that are connected share an edge. Vertices are
 * numbers; a graph is the set of neighbours of each, without itself. The paper counts a vertex
 * among its own neighbourhood.
 */
import { distanceM, type Place } from "../../../core/cloak/grid.ts";

export type Graph = readonly ReadonlySet<number>[];

/** A graph of `size` vertices. */
export function graphOf(size: number, edges: readonly (readonly [number, number])[]): Graph {
  const neighbours = Array.from({ length: size }, () => new Set<number>());
  for (const [a, b] of edges) {
    neighbours[a]?.add(b);
    neighbours[b]?.add(a);
  }
  return neighbours;
}

/** Edges between places at most `edgeM` apart. */
export function nearGraph(places: readonly Place[], edgeM: number): Graph {
  const edges: (readonly [number, number])[] = [];
  for (const [a, place] of places.entries()) {
    for (let b = 0; b < a; b += 1) {
      const other = places[b];
      if (other !== undefined && distanceM(place, other) <= edgeM) edges.push([a, b]);
    }
  }
  return graphOf(places.length, edges);
}

/** N[v]: the vertex and its neighbours, ascending. */
export function closedNeighbourhood(graph: Graph, vertex: number): readonly number[] {
  return [vertex, ...(graph[vertex] ?? [])].sort((a, b) => a - b);
}

/** Δ_v = |N[v]| / n, of equation (2): at least k/n where v has k − 1 neighbours. */
export function shareOf(graph: Graph, vertex: number): number {
  return closedNeighbourhood(graph, vertex).length / graph.length;
}

/** Δ̄, the mean of all Δ_v, equation (5); 1 if the graph is complete. */
export function meanShare(graph: Graph): number {
  return graph.reduce((sum, _, vertex) => sum + shareOf(graph, vertex), 0) / graph.length;
}

export function isComplete(graph: Graph): boolean {
  return graph.every(({ size }) => size === graph.length - 1);
}
