/** Clients of the services: one question by TCP or UDP, and who answered it. */
import { randomBytes } from 'node:crypto';
import type { Lab } from '#lab/lab.js';
import type { TcpConnection } from '#lab/sockets.js';
import type { Endpoint } from '../../plan/plan.js';
import { patiently } from '../../probes/patience.js';

export interface ServiceRequest {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly protocol: 'tcp' | 'udp';
}

export interface ServiceAnswer extends ServiceRequest {
  /** Name that the answering service gave. */
  readonly answeredBy?: string;
  /** Why there was no answer. */
  readonly problem?: string;
}

/** All are asked at once, so one limit is enough; a lost SYN or datagram is sent again by the kernel or below. */
const limitMs = 1500;
/** Datagrams get lost where no fault is: each is sent again at these times. */
const resendAtMs = [250, 600];
/**
 * The servers listen before anybody is asked (serveEverywhere), so who refuses is somebody else, for instance the second owner
 * of the address. But a first refusal may also be of a moment: a full queue, a neighbour that did not answer in time.
 */
const mostRefusals = 2;
/** When a refused connection is tried again. */
const reconnectMs = 250;

/** Asks all services at once. */
export async function askAll(
  lab: Lab,
  port: number,
  requests: readonly ServiceRequest[],
  signal: AbortSignal,
): Promise<readonly ServiceAnswer[]> {
  const questions = await Promise.all(requests.map((request) => ask(lab, port, request)));
  try {
    await patiently(() => questions.every(({ state }) => state.done), limitMs, signal);
  } finally {
    for (const question of questions) question.close();
  }
  return questions.map(({ request, state }) => ({
    ...request,
    ...(state.answeredBy === undefined ? { problem: state.problem ?? `no answer within ${limitMs} ms` } : {}),
    ...(state.answeredBy === undefined ? {} : { answeredBy: state.answeredBy }),
  }));
}

interface Question {
  readonly request: ServiceRequest;
  readonly state: { done: boolean; refusals: number; answeredBy?: string; problem?: string };
  close(): void;
}

async function ask(lab: Lab, port: number, request: ServiceRequest): Promise<Question> {
  const question: Question = { request, state: { done: false, refusals: 0 }, close: () => {} };
  const nonce = randomBytes(8).toString('hex');
  try {
    return await (request.protocol === 'tcp' ? askTcp : askUdp)(lab, port, question, nonce);
  } catch (error) {
    // There is no such node, or it has no more sockets: asking again would change nothing.
    refuse(question, error);
    question.state.done = true;
    return question;
  }
}

async function askTcp(lab: Lab, port: number, question: Question, nonce: string): Promise<Question> {
  const { from, to } = question.request;
  let again: NodeJS.Timeout | undefined;
  let isOver = false;
  const connect = async (): Promise<TcpConnection> => {
    const made = await lab.node(from.node).sockets.connectTcp({ family: 'ipv4', address: to.ipv4, port });
    made.onError = (error) => {
      refuse(question, error);
      if (!question.state.done) again ??= setTimeout(() => void reconnect(), reconnectMs);
    };
    made.onConnect = () => made.write(nonce);
    made.onData = (answer) => accept(question, nonce, answer);
    return made;
  };
  let connection = await connect();
  const reconnect = async (): Promise<void> => {
    try {
      connection = await connect();
      if (isOver) connection.close();
    } catch (error) {
      refuse(question, error);
    }
  };
  const close = (): void => {
    isOver = true;
    clearTimeout(again);
    connection.close();
  };
  return { ...question, close };
}

async function askUdp(lab: Lab, port: number, question: Question, nonce: string): Promise<Question> {
  const { from, to } = question.request;
  const socket = await lab.node(from.node).sockets.udp({ family: 'ipv4' });
  const send = () => {
    if (!question.state.done) socket.send(Buffer.from(nonce), to.ipv4, port);
  };
  socket.onMessage = ({ data }) => accept(question, nonce, data);
  socket.onRefused = (refusal) => refuse(question, refusal);
  socket.onError = (error) => refuse(question, error);
  const timers = resendAtMs.map((delayMs) => setTimeout(send, delayMs));
  send();
  const close = () => {
    for (const timer of timers) clearTimeout(timer);
    socket.close();
  };
  return { ...question, close };
}

function accept({ state }: Question, nonce: string, answer: Buffer): void {
  const [asked, answeredBy] = answer.toString('latin1').split(' ');
  if (asked !== nonce || answeredBy === undefined) return;
  state.answeredBy = answeredBy;
  state.done = true;
}

function refuse({ state }: Question, error: unknown): void {
  if (state.done) return;
  const code = error instanceof Object && 'code' in error ? String(error.code) : undefined;
  state.problem = code ?? (error instanceof Error ? error.message : String(error));
  state.refusals += 1;
  state.done = state.refusals >= mostRefusals;
}
